-- What nodes ask every second.
CREATE INDEX console_session_live_of_node ON console_session (node) WHERE ended IS NULL;
CREATE INDEX console_session_live_of_server ON console_session (server_id) WHERE ended IS NULL;
CREATE INDEX lease_open ON lease (id) WHERE released IS NULL;
