-- What the panel's API has promised: a login ticket opens the console session of that key, once.
CREATE TABLE login_ticket (
    token_hash  VARCHAR(128) PRIMARY KEY,
    session_id  VARCHAR(128) NOT NULL UNIQUE,
    server_id   VARCHAR NOT NULL,
    customer    VARCHAR NOT NULL,
    address     VARCHAR,
    locale      VARCHAR,
    expires     TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE TABLE audit (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         TIMESTAMP WITH TIME ZONE NOT NULL,
    action     VARCHAR NOT NULL,
    outcome    VARCHAR NOT NULL,
    server_id  VARCHAR,
    customer   VARCHAR,
    address    VARCHAR,
    session_id VARCHAR,
    reason     VARCHAR
);

CREATE INDEX audit_by_server ON audit (server_id, at);
CREATE INDEX audit_by_customer ON audit (customer, at);
CREATE INDEX audit_by_time ON audit (at);
