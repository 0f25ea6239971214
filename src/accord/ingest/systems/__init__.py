"""What the exports of well-known systems hold, as data: headings in English and French, and the tables they give."""
