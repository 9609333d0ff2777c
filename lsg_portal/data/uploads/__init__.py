"""Tables that people upload (XLSX, CSV), read into rows without trusting the file.

``read_table`` is all an app needs: it says which columns it knows, and gets rows of text, numbers and days with the
numbers the rows have in the file, beside up to 1,000 errors of single cells. A file that cannot be taken as a
whole raises ``UploadRefused``. The file is opened in a process of its own, which has little memory and little time.
"""

from lsg_portal.data.uploads.columns import UploadColumn
from lsg_portal.data.uploads.limits import Limits
from lsg_portal.data.uploads.reading import Table, UploadRow, read_table
from lsg_portal.data.uploads.refusals import CellError, RowsRefused, UploadRefused, clean_name

__all__ = [
    "CellError",
    "Limits",
    "RowsRefused",
    "Table",
    "UploadColumn",
    "UploadRefused",
    "UploadRow",
    "clean_name",
    "read_table",
]
