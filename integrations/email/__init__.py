"""E-mail by SMTP: subscribers who chose it are told so."""
