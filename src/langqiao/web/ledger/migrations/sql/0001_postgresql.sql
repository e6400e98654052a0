CREATE TABLE ledger_chartline (
  key varchar(100) NOT NULL PRIMARY KEY,
  purpose varchar(60) NOT NULL,
  owner_kind varchar(20) NOT NULL,
  pot varchar(20) NOT NULL,
  debits_limited boolean NOT NULL,
  credits_limited boolean NOT NULL,
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
  debits_limited boolean NOT NULL,
  credits_limited boolean NOT NULL,
  closed boolean NOT NULL,
  last_seq bigint NOT NULL,
  UNIQUE (id, currency),
  CONSTRAINT account_id CHECK (id = owner || ':' || purpose || ':' || ref || ':' || currency),
  CONSTRAINT account_owner CHECK ((owner = 'platform' AND owner_kind = 'platform') OR owner LIKE owner_kind || '/_%'),
  CONSTRAINT account_currency CHECK (length(currency) = 3 AND currency = upper(currency)),
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
  CONSTRAINT group_size CHECK (size > 0),
  CONSTRAINT group_payload_hash CHECK (length(payload_hash) = 64)
)
-- next
CREATE TABLE ledger_transfer (
  seq bigint NOT NULL PRIMARY KEY,
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
  prev_hash varchar(64) NOT NULL UNIQUE,
  hash varchar(64) NOT NULL UNIQUE,
  CONSTRAINT transfer_phase CHECK (phase IN ('transfer', 'hold', 'post', 'void', 'expire')),
  CONSTRAINT transfer_two_accounts CHECK (debit_id <> credit_id),
  CONSTRAINT transfer_amount CHECK (amount_fen > 0 AND amount_fen <= 1000000000000000),
  CONSTRAINT transfer_held CHECK (
    CASE phase WHEN 'transfer' THEN held_fen = 0 WHEN 'hold' THEN held_fen = amount_fen WHEN 'post' THEN held_fen <= -amount_fen
      ELSE held_fen = -amount_fen END),
  CONSTRAINT transfer_pending CHECK ((pending_id IS NOT NULL) = (phase IN ('post', 'void', 'expire'))),
  CONSTRAINT transfer_expires CHECK (expires_on IS NULL OR phase = 'hold'),
  CONSTRAINT transfer_reverses CHECK (reverses_id IS NULL OR phase = 'transfer'),
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
CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit_id, seq)
-- next
CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit_id, seq)
-- next
CREATE FUNCTION ledger_refuse(code text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', code USING ERRCODE = 'check_violation';
END $$
-- next
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger_immutable' USING ERRCODE = 'check_violation';
END $$
-- next
-- Emptying a table that holds nothing changes nothing; anything else is refused.
CREATE FUNCTION ledger_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE filled boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I)', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO filled;
  IF filled THEN RAISE EXCEPTION 'ledger_immutable' USING ERRCODE = 'check_violation'; END IF;
  RETURN NULL;
END $$
-- next
CREATE TRIGGER ledger_chartline_change BEFORE UPDATE OR DELETE ON ledger_chartline FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change()
-- next
CREATE TRIGGER ledger_group_change BEFORE UPDATE OR DELETE ON ledger_group FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change()
-- next
CREATE TRIGGER ledger_transfer_change BEFORE UPDATE OR DELETE ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change()
-- next
CREATE TRIGGER ledger_account_delete BEFORE DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change()
-- next
CREATE TRIGGER ledger_chartline_truncate BEFORE TRUNCATE ON ledger_chartline EXECUTE FUNCTION ledger_refuse_truncate()
-- next
CREATE TRIGGER ledger_group_truncate BEFORE TRUNCATE ON ledger_group EXECUTE FUNCTION ledger_refuse_truncate()
-- next
CREATE TRIGGER ledger_transfer_truncate BEFORE TRUNCATE ON ledger_transfer EXECUTE FUNCTION ledger_refuse_truncate()
-- next
CREATE TRIGGER ledger_account_truncate BEFORE TRUNCATE ON ledger_account EXECUTE FUNCTION ledger_refuse_truncate()
-- next
CREATE FUNCTION ledger_account_starts_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.debits_posted_fen <> 0 OR NEW.credits_posted_fen <> 0 OR NEW.debits_pending_fen <> 0 OR NEW.credits_pending_fen <> 0
    OR NEW.last_seq <> 0 OR NEW.closed
  THEN PERFORM ledger_refuse('ledger_account_starts_empty'); END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER ledger_account_insert BEFORE INSERT ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_starts_empty()
-- next
-- Balances move only by the newest transfer of the account, by exactly what it says, once; the only other change is to close or reopen.
CREATE FUNCTION ledger_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE t ledger_transfer%ROWTYPE; moved bigint;
BEGIN
  IF (NEW.id, NEW.owner, NEW.owner_kind, NEW.purpose, NEW.ref, NEW.currency, NEW.pot, NEW.debits_limited, NEW.credits_limited)
    IS DISTINCT FROM (OLD.id, OLD.owner, OLD.owner_kind, OLD.purpose, OLD.ref, OLD.currency, OLD.pot, OLD.debits_limited, OLD.credits_limited)
  THEN PERFORM ledger_refuse('ledger_immutable'); END IF;
  IF NEW.last_seq = OLD.last_seq THEN
    IF (NEW.debits_posted_fen, NEW.credits_posted_fen, NEW.debits_pending_fen, NEW.credits_pending_fen)
      IS DISTINCT FROM (OLD.debits_posted_fen, OLD.credits_posted_fen, OLD.debits_pending_fen, OLD.credits_pending_fen)
    THEN PERFORM ledger_refuse('ledger_balance_moved_by_hand'); END IF;
    IF NEW.closed AND (NEW.debits_pending_fen <> 0 OR NEW.credits_pending_fen <> 0 OR NEW.debits_posted_fen <> NEW.credits_posted_fen)
    THEN PERFORM ledger_refuse('ledger_account_not_empty'); END IF;
    RETURN NEW;
  END IF;
  IF NEW.closed OR OLD.closed THEN PERFORM ledger_refuse('ledger_account_closed'); END IF;
  SELECT * INTO t FROM ledger_transfer WHERE seq = NEW.last_seq;
  moved := CASE WHEN t.phase IN ('transfer', 'post') THEN t.amount_fen ELSE 0 END;
  IF t.seq IS NULL OR NEW.last_seq < OLD.last_seq OR NOT (
    (t.debit_id = OLD.id AND NEW.debits_posted_fen = OLD.debits_posted_fen + moved
      AND NEW.debits_pending_fen = OLD.debits_pending_fen + t.held_fen
      AND NEW.credits_posted_fen = OLD.credits_posted_fen AND NEW.credits_pending_fen = OLD.credits_pending_fen)
    OR (t.credit_id = OLD.id AND NEW.credits_posted_fen = OLD.credits_posted_fen + moved
      AND NEW.credits_pending_fen = OLD.credits_pending_fen + t.held_fen
      AND NEW.debits_posted_fen = OLD.debits_posted_fen AND NEW.debits_pending_fen = OLD.debits_pending_fen))
  THEN PERFORM ledger_refuse('ledger_balance_moved_by_hand'); END IF;
  IF (NEW.debits_limited AND NEW.debits_posted_fen + NEW.debits_pending_fen > NEW.credits_posted_fen)
    OR (NEW.credits_limited AND NEW.credits_posted_fen + NEW.credits_pending_fen > NEW.debits_posted_fen)
  THEN PERFORM ledger_refuse('ledger_overdrawn'); END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER ledger_account_update BEFORE UPDATE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_guard()
-- next
-- One writer at a time goes on with the chain (the lock ends with the transaction); accounts are locked in the order of their ids.
CREATE FUNCTION ledger_transfer_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE last_number bigint; last_hash varchar(64); h ledger_transfer%ROWTYPE; known integer; shut integer; same integer;
BEGIN
  PERFORM pg_advisory_xact_lock(7211003);
  SELECT seq, hash INTO last_number, last_hash FROM ledger_transfer ORDER BY seq DESC LIMIT 1;
  IF NEW.seq IS DISTINCT FROM coalesce(last_number, 0) + 1 OR NEW.prev_hash IS DISTINCT FROM coalesce(last_hash, repeat('0', 64))
  THEN PERFORM ledger_refuse('ledger_chain_forks'); END IF;
  SELECT count(*), count(*) FILTER (WHERE a.closed), count(*) FILTER (WHERE a.currency = NEW.currency) INTO known, shut, same
    FROM (SELECT closed, currency FROM ledger_account WHERE id IN (NEW.debit_id, NEW.credit_id) ORDER BY id FOR UPDATE) AS a;
  IF NEW.debit_id <> NEW.credit_id AND known < 2 THEN PERFORM ledger_refuse('ledger_account_unknown'); END IF;
  IF shut > 0 THEN PERFORM ledger_refuse('ledger_account_closed'); END IF;
  IF same < known THEN PERFORM ledger_refuse('ledger_currency_differs'); END IF;
  IF EXISTS (SELECT 1 FROM ledger_transfer WHERE id = NEW.id) THEN PERFORM ledger_refuse('ledger_id_taken'); END IF;
  IF EXISTS (SELECT 1 FROM ledger_group WHERE id = NEW.group_id) THEN PERFORM ledger_refuse('ledger_group_complete'); END IF;
  IF NEW.pending_id IS NOT NULL THEN
    IF EXISTS (SELECT 1 FROM ledger_transfer WHERE pending_id = NEW.pending_id) THEN PERFORM ledger_refuse('ledger_hold_resolved'); END IF;
    SELECT * INTO h FROM ledger_transfer WHERE id = NEW.pending_id AND phase = 'hold' AND debit_id = NEW.debit_id AND credit_id = NEW.credit_id;
    IF h.seq IS NULL THEN PERFORM ledger_refuse('ledger_hold_unknown'); END IF;
    IF h.amount_fen <> -NEW.held_fen OR h.amount_fen < NEW.amount_fen THEN PERFORM ledger_refuse('ledger_hold_exceeded'); END IF;
    IF NEW.phase = 'post' AND h.expires_on < NEW.business_date THEN PERFORM ledger_refuse('ledger_hold_expired'); END IF;
    IF NEW.phase = 'expire' AND (h.expires_on IS NULL OR h.expires_on >= NEW.business_date) THEN PERFORM ledger_refuse('ledger_hold_not_expired'); END IF;
  END IF;
  IF NEW.reverses_id IS NOT NULL THEN
    IF EXISTS (SELECT 1 FROM ledger_transfer WHERE reverses_id = NEW.reverses_id) THEN PERFORM ledger_refuse('ledger_already_reversed'); END IF;
    IF NOT EXISTS (
      SELECT 1 FROM ledger_transfer AS o WHERE o.id = NEW.reverses_id AND o.phase IN ('transfer', 'post')
        AND o.debit_id = NEW.credit_id AND o.credit_id = NEW.debit_id AND o.amount_fen = NEW.amount_fen)
    THEN PERFORM ledger_refuse('ledger_reversal_differs'); END IF;
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER ledger_transfer_insert BEFORE INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_transfer_guard()
-- next
-- Runs with the rights of the tables' owner, so that the role of the site needs no right to UPDATE balances.
CREATE FUNCTION ledger_transfer_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE moved bigint := CASE WHEN NEW.phase IN ('transfer', 'post') THEN NEW.amount_fen ELSE 0 END;
BEGIN
  UPDATE ledger_account SET
    debits_posted_fen = debits_posted_fen + moved, debits_pending_fen = debits_pending_fen + NEW.held_fen, last_seq = NEW.seq
  WHERE id = NEW.debit_id;
  UPDATE ledger_account SET
    credits_posted_fen = credits_posted_fen + moved, credits_pending_fen = credits_pending_fen + NEW.held_fen, last_seq = NEW.seq
  WHERE id = NEW.credit_id;
  RETURN NULL;
END $$
-- next
CREATE TRIGGER ledger_transfer_move AFTER INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_transfer_move()
-- next
-- A group is closed over its transfers, which wait for it by a deferred foreign key: no group without all of them, none without its group.
CREATE FUNCTION ledger_group_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_number bigint; found_now integer; before varchar(160);
BEGIN
  PERFORM pg_advisory_xact_lock(7211003);
  SELECT max(seq) INTO last_number FROM ledger_transfer;
  SELECT count(*) INTO found_now FROM ledger_transfer WHERE seq > last_number - NEW.size AND group_id = NEW.id;
  SELECT group_id INTO before FROM ledger_transfer WHERE seq = last_number - NEW.size;
  IF found_now IS DISTINCT FROM NEW.size OR before IS NOT DISTINCT FROM NEW.id THEN PERFORM ledger_refuse('ledger_group_incomplete'); END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER ledger_group_insert BEFORE INSERT ON ledger_group FOR EACH ROW EXECUTE FUNCTION ledger_group_guard()
