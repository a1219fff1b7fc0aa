"""What a service decides and keeps: pure rules of batches, timers and watermarks, and the ports below them."""
