//! The connection manager alone, wire by wire.
