"""AuthZEN's Authorization API 1.0 over a policy: what is asked, how it is put, what is answered."""
