-- What nodes ask every second, also of sessions that others have given an end.
CREATE INDEX console_session_wanted ON console_session (node) WHERE end_wanted IS NOT NULL OR deadline_wanted IS NOT NULL;
CREATE INDEX console_session_live_of_customer ON console_session (customer) WHERE ended IS NULL;
