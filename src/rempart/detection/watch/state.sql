-- One file holds all the daemon knows: a transaction moves it from one block to the next, whole or not at all.
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- How far each file was read. `label` is its name in references of events: never the same for two files.
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    label TEXT NOT NULL UNIQUE,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    head BLOB NOT NULL,
    position INTEGER NOT NULL,
    skipping INTEGER NOT NULL DEFAULT 0,
    stamp TEXT NOT NULL DEFAULT '',
    record INTEGER NOT NULL DEFAULT -1,
    gone REAL
);

-- Matches that a correlation may still need.
CREATE TABLE IF NOT EXISTS kept (
    rule TEXT NOT NULL,
    file TEXT NOT NULL,
    place INTEGER NOT NULL,
    length INTEGER NOT NULL,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    moment INTEGER,
    host TEXT,
    user TEXT,
    address TEXT,
    carried TEXT NOT NULL,
    PRIMARY KEY (rule, file, place)
) WITHOUT ROWID;

-- What correlations said: the same happening, seen growing, is told once.
CREATE TABLE IF NOT EXISTS happenings (
    rule TEXT NOT NULL,
    keys TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (rule, keys, first)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS alerts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    incident TEXT NOT NULL,
    raised REAL NOT NULL,
    line BLOB NOT NULL
);

-- How far the file of alerts was written.
CREATE TABLE IF NOT EXISTS outputs (
    name TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS incidents (
    id TEXT PRIMARY KEY,
    entity TEXT NOT NULL,
    level TEXT NOT NULL,
    titles TEXT NOT NULL,
    hosts TEXT NOT NULL,
    users TEXT NOT NULL,
    addresses TEXT NOT NULL,
    actions TEXT NOT NULL,
    reasons TEXT NOT NULL,
    alerts INTEGER NOT NULL,
    first INTEGER,
    last INTEGER,
    opened REAL NOT NULL,
    active REAL NOT NULL,
    told REAL,
    step INTEGER NOT NULL DEFAULT 0,
    next REAL,
    acknowledged REAL,
    acknowledged_by TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS incidents_entity ON incidents (entity, active);
CREATE INDEX IF NOT EXISTS incidents_next ON incidents (next) WHERE next IS NOT NULL;

-- Messages to people, from the decision to tell until a server took them.
CREATE TABLE IF NOT EXISTS notices (
    id TEXT PRIMARY KEY,
    incident TEXT NOT NULL,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL,
    created REAL NOT NULL,
    sent REAL,
    problem TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS notices_due ON notices (due) WHERE state = 'waiting';
