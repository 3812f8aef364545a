"""Messages in and out, whatever carried them."""
