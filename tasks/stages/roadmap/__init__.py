"""The roadmap: planning, budget, load, deck and workbook; never a decision."""
