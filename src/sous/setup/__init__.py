"""What this machine and this project have for sous, and the line that fixes what they lack."""
