"""The workbooks that the collection sends; never what it takes back."""
