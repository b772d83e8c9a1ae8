"""The monthly report: gathered once and frozen, told as DOCX, XLSX, HTML and JSON, with what changed since the month before."""
