//! `peer_service DATABASE PORT`: takes ECGs and answers 201 when they are durable.
//!
//! Its one user signs in with the value of `AUTHORIZATION`, which costs it less than looking up a user.

mod ecg;
mod store;

use std::env;
use std::net::Ipv4Addr;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::ecg::Ecg;
use crate::store::Store;

const MAX_BODY_BYTES: usize = 10_000_000;

#[derive(Clone)]
struct Service {
    store: Store,
    credentials: String,
}

#[derive(Serialize)]
struct Created {
    ecg_id: Uuid,
}

#[tokio::main]
async fn main() {
    let mut arguments = env::args().skip(1);
    let database = arguments.next().expect("DATABASE");
    let port = arguments.next().and_then(|port| port.parse().ok()).expect("PORT is a number");
    let credentials = env::var("AUTHORIZATION").expect("AUTHORIZATION is set");
    let service = Service { store: Store::open(&database), credentials };
    let app = Router::new()
        .route("/ecg", post(submit))
        .route("/health/live", get(|| async {}))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(service);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("the port is free");
    axum::serve(listener, app).await.expect("it serves until it is killed");
}

async fn submit(
    State(service): State<Service>,
    headers: HeaderMap,
    Json(ecg): Json<Ecg>,
) -> Result<(StatusCode, Json<Created>), (StatusCode, &'static str)> {
    if headers.get(AUTHORIZATION).is_none_or(|value| value != &service.credentials) {
        return Err((StatusCode::UNAUTHORIZED, "credentials"));
    }
    ecg.check().map_err(|reason| (StatusCode::UNPROCESSABLE_ENTITY, reason))?;
    let ecg_id =
        service.store.add(ecg).await.map_err(|reason| (StatusCode::INTERNAL_SERVER_ERROR, reason))?;
    Ok((StatusCode::CREATED, Json(Created { ecg_id })))
}
