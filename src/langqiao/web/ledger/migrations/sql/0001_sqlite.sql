CREATE TABLE ledger_chartline (
  key varchar(100) NOT NULL PRIMARY KEY,
  purpose varchar(60) NOT NULL,
  owner_kind varchar(20) NOT NULL,
  pot varchar(20) NOT NULL,
  debits_limited bool NOT NULL,
  credits_limited bool NOT NULL,
  CONSTRAINT chartline_key CHECK (key = purpose || '/' || owner_kind),
  CONSTRAINT chartline_pot CHECK (pot IN ('client', 'fund', 'platform')),
  CONSTRAINT chartline_pots_apart CHECK ((owner_kind = 'fund') = (pot = 'fund') AND (pot <> 'platform' OR owner_kind = 'platform')),
  UNIQUE (purpose, owner_kind, pot, debits_limited, credits_limited)
)
-- next
CREATE TABLE ledger_account (
  id varchar(240) NOT NULL PRIMARY KEY,
  owner_kind varchar(20) NOT NULL,
  owner varchar(60) NOT NULL,
  purpose varchar(60) NOT NULL,
  ref varchar(80) NOT NULL,
  currency varchar(3) NOT NULL,
  pot varchar(20) NOT NULL,
  debits_posted_fen bigint NOT NULL,
  credits_posted_fen bigint NOT NULL,
  debits_pending_fen bigint NOT NULL,
  credits_pending_fen bigint NOT NULL,
  debits_limited bool NOT NULL,
  credits_limited bool NOT NULL,
  closed bool NOT NULL,
  last_seq bigint NOT NULL,
  UNIQUE (id, currency),
  CONSTRAINT account_id CHECK (id = owner || ':' || purpose || ':' || ref || ':' || currency),
  CONSTRAINT account_owner CHECK ((owner = 'platform' AND owner_kind = 'platform') OR owner LIKE owner_kind || '/_%'),
  CONSTRAINT account_currency CHECK (length(currency) = 3 AND currency = upper(currency)),
  CONSTRAINT account_whole CHECK (
    typeof(debits_posted_fen) = 'integer' AND typeof(credits_posted_fen) = 'integer'
    AND typeof(debits_pending_fen) = 'integer' AND typeof(credits_pending_fen) = 'integer' AND typeof(last_seq) = 'integer'),
  CONSTRAINT account_sums CHECK (
    debits_posted_fen BETWEEN 0 AND 4000000000000000000 AND credits_posted_fen BETWEEN 0 AND 4000000000000000000
    AND debits_pending_fen BETWEEN 0 AND 4000000000000000000 AND credits_pending_fen BETWEEN 0 AND 4000000000000000000),
  CONSTRAINT account_debits_limited CHECK (NOT debits_limited OR debits_posted_fen + debits_pending_fen <= credits_posted_fen),
  CONSTRAINT account_credits_limited CHECK (NOT credits_limited OR credits_posted_fen + credits_pending_fen <= debits_posted_fen),
  CONSTRAINT account_closed_empty CHECK (
    NOT closed OR (debits_pending_fen = 0 AND credits_pending_fen = 0 AND debits_posted_fen = credits_posted_fen)),
  FOREIGN KEY (purpose, owner_kind, pot, debits_limited, credits_limited)
    REFERENCES ledger_chartline (purpose, owner_kind, pot, debits_limited, credits_limited)
)
-- next
CREATE INDEX ledger_account_owner ON ledger_account (owner, purpose)
-- next
CREATE TABLE ledger_group (
  id varchar(160) NOT NULL PRIMARY KEY,
  payload_hash varchar(64) NOT NULL,
  size integer NOT NULL,
  by varchar(80) NOT NULL,
  posted_at_us bigint NOT NULL,
  CONSTRAINT group_size CHECK (typeof(size) = 'integer' AND size > 0),
  CONSTRAINT group_payload_hash CHECK (length(payload_hash) = 64)
)
-- next
CREATE TABLE ledger_transfer (
  seq integer NOT NULL PRIMARY KEY,
  id varchar(160) NOT NULL UNIQUE,
  group_id varchar(160) NOT NULL REFERENCES ledger_group (id) DEFERRABLE INITIALLY DEFERRED,
  phase varchar(10) NOT NULL,
  debit_id varchar(240) NOT NULL,
  credit_id varchar(240) NOT NULL,
  currency varchar(3) NOT NULL,
  amount_fen bigint NOT NULL,
  held_fen bigint NOT NULL,
  pending_id varchar(160) NULL REFERENCES ledger_transfer (id),
  expires_on date NULL,
  reverses_id varchar(160) NULL REFERENCES ledger_transfer (id),
  code varchar(60) NOT NULL,
  ref varchar(160) NOT NULL,
  business_date date NOT NULL,
  by varchar(80) NOT NULL,
  posted_at_us bigint NOT NULL,
  prev_hash varchar(64) NOT NULL,
  hash varchar(64) NOT NULL,
  CONSTRAINT transfer_phase CHECK (phase IN ('transfer', 'hold', 'post', 'void', 'expire')),
  CONSTRAINT transfer_two_accounts CHECK (debit_id <> credit_id),
  CONSTRAINT transfer_amount CHECK (typeof(amount_fen) = 'integer' AND amount_fen > 0 AND amount_fen <= 1000000000000000),
  CONSTRAINT transfer_held CHECK (
    typeof(held_fen) = 'integer'
    AND CASE phase WHEN 'transfer' THEN held_fen = 0 WHEN 'hold' THEN held_fen = amount_fen WHEN 'post' THEN held_fen <= -amount_fen
      ELSE held_fen = -amount_fen END),
  CONSTRAINT transfer_pending CHECK ((pending_id IS NOT NULL) = (phase IN ('post', 'void', 'expire'))),
  CONSTRAINT transfer_expires CHECK (expires_on IS NULL OR phase = 'hold'),
  CONSTRAINT transfer_reverses CHECK (reverses_id IS NULL OR phase = 'transfer'),
  CONSTRAINT transfer_days CHECK (business_date IS date(business_date) AND (expires_on IS NULL OR expires_on IS date(expires_on))),
  CONSTRAINT transfer_hash CHECK (length(hash) = 64 AND length(prev_hash) = 64 AND hash <> prev_hash),
  FOREIGN KEY (debit_id, currency) REFERENCES ledger_account (id, currency),
  FOREIGN KEY (credit_id, currency) REFERENCES ledger_account (id, currency)
)
-- next
CREATE UNIQUE INDEX ledger_transfer_resolved_once ON ledger_transfer (pending_id) WHERE pending_id IS NOT NULL
-- next
CREATE UNIQUE INDEX ledger_transfer_reversed_once ON ledger_transfer (reverses_id) WHERE reverses_id IS NOT NULL
-- next
CREATE INDEX ledger_transfer_group ON ledger_transfer (group_id)
-- next
CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit_id)
-- next
CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit_id)
-- next
CREATE TRIGGER ledger_chartline_insert BEFORE INSERT ON ledger_chartline WHEN EXISTS (SELECT 1 FROM ledger_chartline WHERE key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'ledger_immutable'); END
-- next
CREATE TRIGGER ledger_chartline_update BEFORE UPDATE ON ledger_chartline BEGIN SELECT RAISE(ABORT, 'ledger_immutable'); END
-- next
CREATE TRIGGER ledger_chartline_delete BEFORE DELETE ON ledger_chartline BEGIN SELECT RAISE(ABORT, 'ledger_immutable'); END
-- next
CREATE TRIGGER ledger_group_update BEFORE UPDATE ON ledger_group BEGIN SELECT RAISE(ABORT, 'ledger_immutable'); END
-- next
CREATE TRIGGER ledger_group_delete BEFORE DELETE ON ledger_group BEGIN SELECT RAISE(ABORT, 'ledger_immutable'); END
-- next
CREATE TRIGGER ledger_transfer_update BEFORE UPDATE ON ledger_transfer BEGIN SELECT RAISE(ABORT, 'ledger_immutable'); END
-- next
CREATE TRIGGER ledger_transfer_delete BEFORE DELETE ON ledger_transfer BEGIN SELECT RAISE(ABORT, 'ledger_immutable'); END
-- next
CREATE TRIGGER ledger_account_delete BEFORE DELETE ON ledger_account BEGIN SELECT RAISE(ABORT, 'ledger_immutable'); END
-- next
-- An account starts empty, of a purpose of the chart; the checks stand here too, for shells that do not check foreign keys.
CREATE TRIGGER ledger_account_insert BEFORE INSERT ON ledger_account
BEGIN
  SELECT RAISE(ABORT, 'ledger_account_starts_empty')
    WHERE NEW.debits_posted_fen <> 0 OR NEW.credits_posted_fen <> 0 OR NEW.debits_pending_fen <> 0 OR NEW.credits_pending_fen <> 0
      OR NEW.last_seq <> 0 OR NEW.closed;
  SELECT RAISE(ABORT, 'ledger_immutable') WHERE EXISTS (SELECT 1 FROM ledger_account WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'ledger_account_unfit') WHERE NOT EXISTS (
    SELECT 1 FROM ledger_chartline AS c
    WHERE c.key = NEW.purpose || '/' || NEW.owner_kind AND c.pot = NEW.pot
      AND c.debits_limited = NEW.debits_limited AND c.credits_limited = NEW.credits_limited);
END
-- next
-- Balances move only by the newest transfer of the account, by exactly what it says, once; the only other change is to close or reopen.
-- The limits stand here too: `INSERT OR IGNORE` from a shell would step over a CHECK, never over RAISE.
CREATE TRIGGER ledger_account_update BEFORE UPDATE ON ledger_account
BEGIN
  SELECT CASE
    WHEN NEW.last_seq = OLD.last_seq THEN CASE
      WHEN NEW.debits_posted_fen IS NOT OLD.debits_posted_fen OR NEW.credits_posted_fen IS NOT OLD.credits_posted_fen
        OR NEW.debits_pending_fen IS NOT OLD.debits_pending_fen OR NEW.credits_pending_fen IS NOT OLD.credits_pending_fen
      THEN RAISE(ABORT, 'ledger_balance_moved_by_hand') END
    WHEN NEW.closed OR OLD.closed THEN RAISE(ABORT, 'ledger_account_closed')
    WHEN NEW.last_seq < OLD.last_seq OR NOT EXISTS (
      SELECT 1 FROM ledger_transfer AS t
      WHERE t.seq = NEW.last_seq AND (
        (t.debit_id = OLD.id
          AND NEW.debits_posted_fen = OLD.debits_posted_fen + CASE WHEN t.phase IN ('transfer', 'post') THEN t.amount_fen ELSE 0 END
          AND NEW.debits_pending_fen = OLD.debits_pending_fen + t.held_fen
          AND NEW.credits_posted_fen = OLD.credits_posted_fen AND NEW.credits_pending_fen = OLD.credits_pending_fen)
        OR (t.credit_id = OLD.id
          AND NEW.credits_posted_fen = OLD.credits_posted_fen + CASE WHEN t.phase IN ('transfer', 'post') THEN t.amount_fen ELSE 0 END
          AND NEW.credits_pending_fen = OLD.credits_pending_fen + t.held_fen
          AND NEW.debits_posted_fen = OLD.debits_posted_fen AND NEW.debits_pending_fen = OLD.debits_pending_fen)))
    THEN RAISE(ABORT, 'ledger_balance_moved_by_hand')
    WHEN (NEW.debits_limited AND NEW.debits_posted_fen + NEW.debits_pending_fen > NEW.credits_posted_fen)
      OR (NEW.credits_limited AND NEW.credits_posted_fen + NEW.credits_pending_fen > NEW.debits_posted_fen)
    THEN RAISE(ABORT, 'ledger_overdrawn')
  END;
  SELECT RAISE(ABORT, 'ledger_immutable')
    WHERE NEW.id IS NOT OLD.id OR NEW.owner IS NOT OLD.owner OR NEW.owner_kind IS NOT OLD.owner_kind OR NEW.purpose IS NOT OLD.purpose
      OR NEW.ref IS NOT OLD.ref OR NEW.currency IS NOT OLD.currency OR NEW.pot IS NOT OLD.pot
      OR NEW.debits_limited IS NOT OLD.debits_limited OR NEW.credits_limited IS NOT OLD.credits_limited;
  SELECT RAISE(ABORT, 'ledger_account_not_empty')
    WHERE NEW.closed AND (NEW.debits_pending_fen <> 0 OR NEW.credits_pending_fen <> 0 OR NEW.debits_posted_fen <> NEW.credits_posted_fen);
END
-- next
-- A link goes on exactly where the chain ends; accounts are known, open and of the currency; an id, a resolution, a reversal happens once.
CREATE TRIGGER ledger_transfer_insert BEFORE INSERT ON ledger_transfer
BEGIN
  SELECT CASE
    WHEN NEW.prev_hash IS NOT CASE NEW.seq WHEN 1 THEN '0000000000000000000000000000000000000000000000000000000000000000'
        ELSE (SELECT hash FROM ledger_transfer WHERE seq = NEW.seq - 1) END
      OR EXISTS (SELECT 1 FROM ledger_transfer WHERE seq >= NEW.seq)
    THEN RAISE(ABORT, 'ledger_chain_forks')
    WHEN (SELECT currency FROM ledger_account WHERE id = NEW.debit_id AND NOT closed) IS NOT NEW.currency
      OR (SELECT currency FROM ledger_account WHERE id = NEW.credit_id AND NOT closed) IS NOT NEW.currency
    THEN CASE
      WHEN (SELECT count(*) FROM ledger_account WHERE id IN (NEW.debit_id, NEW.credit_id)) < 2 THEN RAISE(ABORT, 'ledger_account_unknown')
      WHEN EXISTS (SELECT 1 FROM ledger_account WHERE id IN (NEW.debit_id, NEW.credit_id) AND closed) THEN RAISE(ABORT, 'ledger_account_closed')
      ELSE RAISE(ABORT, 'ledger_currency_differs') END
    WHEN EXISTS (SELECT 1 FROM ledger_transfer WHERE id = NEW.id) THEN RAISE(ABORT, 'ledger_id_taken')
    WHEN EXISTS (SELECT 1 FROM ledger_group WHERE id = NEW.group_id) THEN RAISE(ABORT, 'ledger_group_complete')
  END;
END
-- next
CREATE TRIGGER ledger_transfer_resolve BEFORE INSERT ON ledger_transfer WHEN NEW.pending_id IS NOT NULL
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM ledger_transfer WHERE pending_id = NEW.pending_id) THEN RAISE(ABORT, 'ledger_hold_resolved')
    WHEN NOT EXISTS (
      SELECT 1 FROM ledger_transfer AS h
      WHERE h.id = NEW.pending_id AND h.phase = 'hold' AND h.debit_id = NEW.debit_id AND h.credit_id = NEW.credit_id)
    THEN RAISE(ABORT, 'ledger_hold_unknown')
    WHEN EXISTS (SELECT 1 FROM ledger_transfer AS h WHERE h.id = NEW.pending_id AND (h.amount_fen <> -NEW.held_fen OR h.amount_fen < NEW.amount_fen))
    THEN RAISE(ABORT, 'ledger_hold_exceeded')
    WHEN NEW.phase = 'post' AND EXISTS (SELECT 1 FROM ledger_transfer AS h WHERE h.id = NEW.pending_id AND h.expires_on < NEW.business_date)
    THEN RAISE(ABORT, 'ledger_hold_expired')
    WHEN NEW.phase = 'expire' AND NOT EXISTS (SELECT 1 FROM ledger_transfer AS h WHERE h.id = NEW.pending_id AND h.expires_on < NEW.business_date)
    THEN RAISE(ABORT, 'ledger_hold_not_expired')
  END;
END
-- next
CREATE TRIGGER ledger_transfer_reverse BEFORE INSERT ON ledger_transfer WHEN NEW.reverses_id IS NOT NULL
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM ledger_transfer WHERE reverses_id = NEW.reverses_id) THEN RAISE(ABORT, 'ledger_already_reversed')
    WHEN NOT EXISTS (
      SELECT 1 FROM ledger_transfer AS t
      WHERE t.id = NEW.reverses_id AND t.phase IN ('transfer', 'post') AND t.debit_id = NEW.credit_id AND t.credit_id = NEW.debit_id
        AND t.amount_fen = NEW.amount_fen)
    THEN RAISE(ABORT, 'ledger_reversal_differs')
  END;
END
-- next
CREATE TRIGGER ledger_transfer_move AFTER INSERT ON ledger_transfer
BEGIN
  UPDATE ledger_account SET
    debits_posted_fen = debits_posted_fen + CASE WHEN NEW.phase IN ('transfer', 'post') THEN NEW.amount_fen ELSE 0 END,
    debits_pending_fen = debits_pending_fen + NEW.held_fen,
    last_seq = NEW.seq
  WHERE id = NEW.debit_id;
  UPDATE ledger_account SET
    credits_posted_fen = credits_posted_fen + CASE WHEN NEW.phase IN ('transfer', 'post') THEN NEW.amount_fen ELSE 0 END,
    credits_pending_fen = credits_pending_fen + NEW.held_fen,
    last_seq = NEW.seq
  WHERE id = NEW.credit_id;
END
-- next
-- A group is closed over its transfers, which wait for it by a deferred foreign key: no group without all of them, none without its group.
CREATE TRIGGER ledger_group_insert BEFORE INSERT ON ledger_group
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM ledger_group WHERE id = NEW.id) THEN RAISE(ABORT, 'ledger_immutable')
    WHEN (SELECT count(*) FROM ledger_transfer WHERE group_id = NEW.id
          AND seq > (SELECT max(seq) FROM ledger_transfer) - NEW.size) IS NOT NEW.size
      OR (SELECT group_id FROM ledger_transfer WHERE seq = (SELECT max(seq) FROM ledger_transfer) - NEW.size) IS NEW.id
    THEN RAISE(ABORT, 'ledger_group_incomplete')
  END;
END
