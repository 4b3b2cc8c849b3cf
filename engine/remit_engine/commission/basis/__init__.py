"""What every stage of pay reads: data, periods, people, the terms of a plan, scores."""
