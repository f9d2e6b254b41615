"""Every workbook: supports that people fill and livrables that show a result. Values in, bytes out."""
