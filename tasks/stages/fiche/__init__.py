"""The fiches: workbook out and back, deck; never a planning."""
