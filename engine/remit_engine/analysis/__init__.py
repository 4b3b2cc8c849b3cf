"""Questions about what a policy text means, answered proven, refuted or unknown."""
