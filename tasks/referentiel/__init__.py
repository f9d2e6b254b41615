"""The method loaded, written, and carried in a workbook and back; never a dossier."""
