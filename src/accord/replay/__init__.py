"""What a draft of the agreement would have done with past leads: who enters, who leaves, what to expect, for whom."""
