-- What was received, day by day (UTC): what the posture of detection is judged on.
CREATE TABLE IF NOT EXISTS ledger_days (
    day TEXT NOT NULL,
    source TEXT NOT NULL,
    events INTEGER NOT NULL,
    undated INTEGER NOT NULL,
    first INTEGER,
    last INTEGER,
    hours INTEGER NOT NULL,
    delays INTEGER NOT NULL,
    delay_sum REAL NOT NULL,
    delay_counts TEXT NOT NULL,
    ahead INTEGER NOT NULL,
    PRIMARY KEY (day, source)
) WITHOUT ROWID;

-- Who was heard. Names never leave the hospital: the attestation holds counts.
CREATE TABLE IF NOT EXISTS ledger_hosts (
    day TEXT NOT NULL,
    source TEXT NOT NULL,
    host TEXT NOT NULL,
    PRIMARY KEY (day, source, host)
) WITHOUT ROWID;

-- Codes that say which kind of event came (4688, 4104...): whether process creation is received, and the like.
CREATE TABLE IF NOT EXISTS ledger_codes (
    day TEXT NOT NULL,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    events INTEGER NOT NULL,
    PRIMARY KEY (day, source, code)
) WITHOUT ROWID;

-- Figures of the day on the detection itself: rules, roster, answers, store.
CREATE TABLE IF NOT EXISTS ledger_facts (
    day TEXT NOT NULL,
    fact TEXT NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (day, fact)
) WITHOUT ROWID;
