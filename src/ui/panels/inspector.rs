//! Inspector: everything about the selected server.
