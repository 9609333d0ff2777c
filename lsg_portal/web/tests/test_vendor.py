import gzip
import hashlib
import json
import re
from pathlib import Path

from django.conf import settings
from django.test import Client

STATIC = Path(settings.BASE_DIR) / "static"
VENDOR = STATIC / "vendor"


def manifest():
    return json.loads((VENDOR / "manifest.json").read_text())


def test_every_file_of_others_is_the_one_in_the_manifest():
    for name, entry in manifest().items():
        folder = VENDOR / name / entry["version"]
        found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
        assert found == entry["files"], name


def test_nothing_lies_in_vendor_beside_the_manifest():
    folders = {str(file.parent.relative_to(VENDOR)) for file in VENDOR.rglob("*") if file.is_file()}
    assert folders - {"."} == {f"{name}/{entry['version']}" for name, entry in manifest().items()}


def test_every_file_of_others_comes_with_its_licence():
    for name, entry in manifest().items():
        assert (VENDOR / name / entry["version"] / "LICENSE").is_file(), name


def test_the_tests_axe_comes_with_its_licence():
    assert list((Path(__file__).parent / "vendor").glob("axe-core/*/LICENSE"))


def test_style_sheets_and_scripts_name_no_other_host():
    for file in [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]:
        assert not re.search(r"(https?:)?//\w", re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.S)), file


def test_no_script_asks_how_wide_the_window_is():
    """The browser's tests load a page once and look at it at each width (``browser.faults_of``)."""
    for file in STATIC.glob("js/*.js"):
        assert not re.search(r"[a-z]Width|matchMedia|resize|screen\b", file.read_text()), file


def test_the_first_page_weighs_at_most_100_kilobytes():
    html = Client().get("/ky/").content
    names = re.findall(rb'(?:href|src)="/static/([^"]+)"', html)
    files = {name.decode() for name in names} | {
        f"vendor/golos-text/5.3.0/{font.name}" for font in VENDOR.glob("golos-text/*/*.woff2")
    }
    weight = len(gzip.compress(html)) + sum(
        len(gzip.compress((STATIC / name).read_bytes())) for name in files if not name.endswith(".svg")
    )
    assert weight <= 100_000, weight
