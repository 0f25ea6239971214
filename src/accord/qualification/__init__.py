"""What the agreement makes of the leads: scores, who is handed over to whom, what people judge differently."""
