"""The ledger of leads that came back from sales, what following them up brings, and whom to follow up now."""
