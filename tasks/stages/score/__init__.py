"""The score and its workbook; never an answer changed."""
