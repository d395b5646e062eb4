"""People and teams: who works here, with which role and skills; and the trail of what was changed."""
