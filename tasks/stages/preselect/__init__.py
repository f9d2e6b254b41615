"""The preselection: its workbook out and back; never a vote."""
