-- Which accounts a group touched: one row an account and group, where an index on the transfers had a row a transfer and side.
CREATE TABLE ledger_touch (
  account_id varchar(240) NOT NULL REFERENCES ledger_account (id),
  group_id varchar(160) NOT NULL REFERENCES ledger_group (id),
  PRIMARY KEY (account_id, group_id)
) WITHOUT ROWID
-- next
INSERT INTO ledger_touch (account_id, group_id) SELECT debit_id, group_id FROM ledger_transfer UNION SELECT credit_id, group_id FROM ledger_transfer
-- next
DROP INDEX ledger_transfer_debit
-- next
DROP INDEX ledger_transfer_credit
-- next
CREATE TRIGGER ledger_touch_insert BEFORE INSERT ON ledger_touch
WHEN EXISTS (SELECT 1 FROM ledger_touch WHERE account_id = NEW.account_id AND group_id = NEW.group_id)
BEGIN SELECT RAISE(ABORT, 'ledger_immutable'); END
-- next
CREATE TRIGGER ledger_touch_update BEFORE UPDATE ON ledger_touch BEGIN SELECT RAISE(ABORT, 'ledger_immutable'); END
-- next
CREATE TRIGGER ledger_touch_delete BEFORE DELETE ON ledger_touch BEGIN SELECT RAISE(ABORT, 'ledger_immutable'); END
-- next
-- A group is the end of the chain when it is closed (ledger_group_insert), so its transfers are the last ones.
CREATE TRIGGER ledger_group_touch AFTER INSERT ON ledger_group
BEGIN
  INSERT INTO ledger_touch (account_id, group_id)
    SELECT debit_id, NEW.id FROM ledger_transfer WHERE seq > (SELECT max(seq) FROM ledger_transfer) - NEW.size
    UNION SELECT credit_id, NEW.id FROM ledger_transfer WHERE seq > (SELECT max(seq) FROM ledger_transfer) - NEW.size;
END
