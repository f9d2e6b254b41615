"""The charts of the pages, as SVG that says its finding; never a rule, and no colour that is not a token."""
