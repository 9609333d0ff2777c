"""The few icons of the portal, drawn on a 16 × 16 grid as strokes in the colour of the text."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

_PATHS = {
    "calendar": "M2.5 4.5h11v9h-11zM2.5 7.5h11M5.5 2.5v3M10.5 2.5v3",
    "check": "M3 8.5l3.5 3.5L13 4.5",
    "chevron": "M6 3.5L10.5 8L6 12.5",
    "close": "M4 4l8 8M12 4l-8 8",
    "columns": "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
    "copy": "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1",
    "down": "M4 6.5l4 4 4-4",
    "download": "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M2.5 13.5h11",
    "external": "M9 2.5h4.5V7M13.5 2.5L7.5 8.5M11.5 9.5v4h-9v-9h4",
    "filter": "M2 3h12l-4.6 5.4v4.6l-2.8-1.4V8.4z",
    "globe": "M8 2a6 6 0 100 12A6 6 0 008 2zM2 8h12M8 2c4 4 4 8 0 12M8 2C4 6 4 10 8 14",
    "info": "M8 2a6 6 0 100 12A6 6 0 008 2zM8 7.3v3.9M8 4.7v.2",
    "link": "M6.8 9.2a2.6 2.6 0 003.8 0l2.2-2.2a2.7 2.7 0 00-3.8-3.8l-.9.9"
    "M9.2 6.8a2.6 2.6 0 00-3.8 0L3.2 9A2.7 2.7 0 007 12.8l.9-.9",
    "merge": "M2.5 3.5h2c3 0 3 4.5 6 4.5h3M2.5 12.5h2c3 0 3-4.5 6-4.5M11.3 5.7L13.6 8l-2.3 2.3",
    "menu": "M2.5 4h11M2.5 8h11M2.5 12h11",
    "print": "M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z",
    "search": "M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zM10.3 10.3l3.7 3.7",
    "sort": "M5 6l3-3 3 3M5 10l3 3 3-3",
    "sort-down": "M8 3v10M4.5 9.5L8 13l3.5-3.5",
    "sort-up": "M8 13V3M4.5 6.5L8 3l3.5 3.5",
    "user": "M8 2.5a2.8 2.8 0 100 5.6 2.8 2.8 0 000-5.6zM2.8 13.5c.6-5.2 9.8-5.2 10.4 0",
    "warning": "M8 2.2L14.5 13.5h-13zM8 6.5v3.2M8 11.5v.2",
}


def icon(name: str) -> SafeString:
    """Return an icon that readers of the text do not hear; raise KeyError for a name that is not drawn."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" '
        'stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" '
        'focusable="false"><path d="{}"/></svg>',
        _PATHS[name],
    )
