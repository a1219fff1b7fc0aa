"""What a backtest found, as plain values."""
