"""The customers' side: guided intake, my requests, FAQ, language, and messages outside of these."""
