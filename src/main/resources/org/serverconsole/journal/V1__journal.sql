-- A redeemed token is the console session it opened: one row, so that neither exists without the other.
CREATE TABLE console_session (
    token_hash    VARCHAR(128) PRIMARY KEY,
    token_expires TIMESTAMP WITH TIME ZONE NOT NULL,
    id            VARCHAR(128) NOT NULL UNIQUE,
    server_id     VARCHAR NOT NULL,
    customer      VARCHAR NOT NULL,
    started       TIMESTAMP WITH TIME ZONE NOT NULL,
    deadline      TIMESTAMP WITH TIME ZONE NOT NULL,
    ended         TIMESTAMP WITH TIME ZONE,
    end_reason    VARCHAR
);

CREATE TABLE lease (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id VARCHAR(128) NOT NULL,
    server_id  VARCHAR NOT NULL,
    type       VARCHAR NOT NULL,
    undo       VARCHAR NOT NULL,
    written    TIMESTAMP WITH TIME ZONE NOT NULL,
    released   TIMESTAMP WITH TIME ZONE,
    UNIQUE (session_id, server_id, type, undo)
);

CREATE TABLE pin_failure (
    subject      VARCHAR PRIMARY KEY,
    attempts     INT NOT NULL,
    locks        INT NOT NULL,
    locked_until TIMESTAMP WITH TIME ZONE
);
