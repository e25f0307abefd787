-- Who has the journal open: one node, or all of a location. One that has not been seen for a while is dead.
CREATE TABLE node (
    id   VARCHAR(64) PRIMARY KEY,
    seen TIMESTAMP WITH TIME ZONE NOT NULL
);

-- Which node serves the session, and what others want of that node.
ALTER TABLE console_session ADD COLUMN node VARCHAR(64) DEFAULT '' NOT NULL;
ALTER TABLE console_session ADD COLUMN end_wanted VARCHAR;
ALTER TABLE console_session ADD COLUMN deadline_wanted TIMESTAMP WITH TIME ZONE;

-- Who is taking it back.
ALTER TABLE lease ADD COLUMN claimed_by VARCHAR(64);
ALTER TABLE lease ADD COLUMN claimed_until TIMESTAMP WITH TIME ZONE;
