# What is installed in pkgdatadir/maps, a line each:  nobase_dist_pkgdata_DATA += %reldir%/x12-850.yaml
include maps/x12/local.mk
include maps/canon/local.mk
nobase_dist_pkgdata_DATA += \
	%reldir%/README \
	%reldir%/x12-850.yaml \
	%reldir%/x12-855.yaml \
	%reldir%/x12-856.yaml \
	%reldir%/x12-860.yaml \
	%reldir%/x12-865.yaml \
	%reldir%/x12-parts.yaml \
	%reldir%/x12-997.yaml \
	%reldir%/x12-999.yaml \
	%reldir%/acme/850.yaml \
	%reldir%/harbor/850.yaml \
	%reldir%/zenith/850.yaml \
	%reldir%/tables/x12-time-zone.tsv \
	%reldir%/tables/x12-uom.tsv \
	%reldir%/tables/x12-volume-unit.tsv \
	%reldir%/tables/x12-weight-unit.tsv
nobase_dist_pkgdata_DATA += \
	%reldir%/x12-214.yaml \
	%reldir%/x12-810.yaml \
	%reldir%/x12-846.yaml \
	%reldir%/x12-940.yaml \
	%reldir%/x12-943.yaml \
	%reldir%/x12-944.yaml \
	%reldir%/x12-945.yaml \
	%reldir%/x12-947.yaml \
	%reldir%/x12-warehouse.yaml
nobase_dist_pkgdata_DATA += \
	%reldir%/3pl/carlisle-orders.yaml \
	%reldir%/3pl/cdr-order-lines.yaml \
	%reldir%/3pl/dropstream-orders.yaml \
	%reldir%/3pl/landmark-shipped.yaml \
	%reldir%/3pl/landmark-stock.yaml \
	%reldir%/3pl/orderlogix-shipped.yaml \
	%reldir%/3pl/shipwire-orders.yaml \
	%reldir%/3pl/stock-fixed.yaml \
	%reldir%/3pl/wd40-received.yaml \
	%reldir%/3pl/xpress-received.yaml \
	%reldir%/erp-acks-csv.yaml \
	%reldir%/erp-acks-fixed.yaml \
	%reldir%/erp-invoices-csv.yaml \
	%reldir%/erp-invoices-fixed.yaml \
	%reldir%/erp-shipments-csv.yaml \
	%reldir%/erp-shipments-fixed.yaml \
	%reldir%/snapshot-orders-csv.yaml \
	%reldir%/snapshot-orders-fixed.yaml \
	%reldir%/snapshot-stock-csv.yaml \
	%reldir%/snapshot-stock-fixed.yaml \
	%reldir%/erp-orders-csv.yaml \
	%reldir%/erp-orders-fixed.yaml \
	%reldir%/erp-orders-xml.yaml \
	%reldir%/erp-orders.xsd \
	%reldir%/idoc.yaml \
	%reldir%/idoc/partners.tsv \
	%reldir%/idoc/segments.tsv \
	%reldir%/idoc-orders.yaml \
	%reldir%/idoc-invoices.yaml \
	%reldir%/idoc-order-changes.yaml \
	%reldir%/idoc-purchase-orders.yaml \
	%reldir%/idoc-shipment-confirmations.yaml \
	%reldir%/idoc-shipment-orders.yaml \
	%reldir%/idoc-shipments.yaml \
	%reldir%/idoc-vendor-invoices.yaml \
	%reldir%/tables/sap-uom.tsv \
	%reldir%/tables/easypost-milestone.tsv \
	%reldir%/easypost-trackers.yaml \
	%reldir%/shopify-order.yaml \
	%reldir%/shopify-orders.yaml \
	%reldir%/netsuite-orders.yaml
