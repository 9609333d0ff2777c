#!/usr/bin/env python3
"""Check, from outside, that the journal of the register of local self-government was not rewritten.

    python3 verify_checkpoints.py https://… [--keep checkpoints.json] [--key BASE64]

Every hour the portal signs the end of its journal and publishes number, hash, moment and signature. This script reads
them, verifies each signature (Ed25519, RFC 8032) and compares them with those it has kept from earlier runs. It needs
Python 3.9 or later and nothing else. Read it before you trust it; it is short.

Give --key, obtained elsewhere than from the portal itself (on paper, by telephone), to be sure of the key.

Ends with 0: everything fits; 2: something does not, and it is named; 3: could not be checked.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import sys
import urllib.error
import urllib.request

# --- Ed25519, verification only (RFC 8032, 5.1) ----------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point(text):
    """Return the point that 32 bytes stand for, or None."""
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def add(one, two):
    """Return the sum of two points, in extended coordinates."""
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, one):
    """Return a multiple of a point."""
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, one)
        one, number = add(one, one), number >> 1
    return total


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    """Tell whether a signature of a message is of this key."""
    if len(key) != 32 or len(signature) != 64:
        return False
    of_key, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if of_key is None or r is None or s >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = times(s, BASE), add(r, times(challenge, of_key))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P
    )


# --- reading ---------------------------------------------------------------------------------------------------


def read(address):
    """Return a JSON document of the portal."""
    if not address.startswith(("https://", "http://")):
        raise ValueError("The address must begin with https:// or http://")
    request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.load(answer)


def published(portal):
    """Return every published checkpoint, in order."""
    address = portal.rstrip("/") + "/api/v1/audit/checkpoints/?cursor=&page_size=500"
    found = []
    while address:
        answer = read(address)
        found += answer["results"]
        address = answer["next"]
    return found


def check(checkpoints, head, kept, trusted):
    """Yield what does not fit, in words."""
    known = {}
    for row in checkpoints:
        key = base64.b64decode(row["public_key"] or "")
        if trusted is not None and key != trusted:
            yield f"checkpoint {row['seq']}: signed with another key ({row['key_id']}) than the one given"
            continue
        if hashlib.sha256(key).hexdigest()[:16] != row["key_id"]:
            yield f"checkpoint {row['seq']}: its key {row['key_id']} is not published with it"
            continue
        message = f"{row['seq']} {row['hash']} {row['at']}".encode()
        if not is_signed(key, message, base64.b64decode(row["signature"])):
            yield f"checkpoint {row['seq']}: the signature does not fit"
        known[row["seq"]] = row
    for row in kept:
        now = known.get(row["seq"])
        if now is None:
            yield f"checkpoint {row['seq']} of {row['at']} was published once and is missing now"
        elif now["hash"] != row["hash"]:
            yield f"checkpoint {row['seq']} of {row['at']} has another hash now: the journal was rewritten"
        elif now["key_id"] != row["key_id"]:
            yield f"checkpoint {row['seq']} of {row['at']} is signed with another key now"
    if checkpoints and head["seq"] < checkpoints[-1]["seq"]:
        yield f"the journal ends at {head['seq']}, before checkpoint {checkpoints[-1]['seq']}: its tail was cut off"
    if checkpoints and head["seq"] == checkpoints[-1]["seq"] and head["hash"] != checkpoints[-1]["hash"]:
        yield f"the journal ends at {head['seq']} with another hash than was signed"


def main():
    """Check, say what was found, keep what is sound."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("portal", help="address of the portal, https://…")
    parser.add_argument(
        "--keep", default="checkpoints.json", help="file of the checkpoints kept from earlier runs"
    )
    parser.add_argument("--key", help="public key that is trusted, in base64")
    asked = parser.parse_args()
    file = pathlib.Path(asked.keep)
    try:
        kept = json.loads(file.read_text("utf-8")) if file.exists() else []
        kept = kept["checkpoints"] if isinstance(kept, dict) else kept
        trusted = base64.b64decode(asked.key, validate=True) if asked.key else None
        checkpoints = published(asked.portal)
        head = read(asked.portal.rstrip("/") + "/api/v1/audit/head/")
        faults = list(check(checkpoints, head, kept, trusted))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"could not be checked: {error}", file=sys.stderr)  # noqa: T201
        return 3
    for fault in faults:
        print(fault)  # noqa: T201
    if faults:
        return 2
    file.write_text(json.dumps(checkpoints, indent=1), "utf-8")
    print(f"{len(checkpoints)} checkpoints fit; {len(kept)} of them were kept before. End: {head['seq']}.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
