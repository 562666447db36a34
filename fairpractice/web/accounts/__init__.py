"""Who is at work: people who sign in, and signing in and out."""
