"""One file for each resource. A new one is named in `remit_api.http.app.ROUTERS`."""
