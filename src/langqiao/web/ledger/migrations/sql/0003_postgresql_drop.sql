DROP TRIGGER ledger_group_touch ON ledger_group
-- next
DROP FUNCTION ledger_group_touched()
-- next
DROP TABLE ledger_touch
-- next
CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit_id, seq)
-- next
CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit_id, seq)
