"""What a service decides and keeps: pure rules of batches, timers and watermarks, and their ports."""
