-- Which accounts a group touched: one row an account and group, where an index on the transfers had a row a transfer and side.
CREATE TABLE ledger_touch (
  account_id varchar(240) NOT NULL REFERENCES ledger_account (id),
  group_id varchar(160) NOT NULL REFERENCES ledger_group (id),
  PRIMARY KEY (account_id, group_id)
)
-- next
INSERT INTO ledger_touch (account_id, group_id) SELECT debit_id, group_id FROM ledger_transfer UNION SELECT credit_id, group_id FROM ledger_transfer
-- next
DROP INDEX ledger_transfer_debit
-- next
DROP INDEX ledger_transfer_credit
-- next
CREATE TRIGGER ledger_touch_change BEFORE UPDATE OR DELETE ON ledger_touch FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change()
-- next
CREATE TRIGGER ledger_touch_truncate BEFORE TRUNCATE ON ledger_touch EXECUTE FUNCTION ledger_refuse_truncate()
-- next
-- A group is the end of the chain when it is closed (ledger_group_guard), so its transfers are the last ones.
-- Runs with the rights of the tables' owner: the role of the site needs no right to write here.
CREATE FUNCTION ledger_group_touched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE last_number bigint;
BEGIN
  SELECT max(seq) INTO last_number FROM ledger_transfer;
  INSERT INTO ledger_touch (account_id, group_id)
    SELECT debit_id, NEW.id FROM ledger_transfer WHERE seq > last_number - NEW.size
    UNION SELECT credit_id, NEW.id FROM ledger_transfer WHERE seq > last_number - NEW.size;
  RETURN NULL;
END $$
-- next
CREATE TRIGGER ledger_group_touch AFTER INSERT ON ledger_group FOR EACH ROW EXECUTE FUNCTION ledger_group_touched()
