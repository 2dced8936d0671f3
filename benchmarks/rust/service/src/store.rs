//! One thread writes to `SQLite`; what waits meanwhile is committed together.

use std::thread;

use rusqlite::{Connection, Transaction, params};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::ecg::Ecg;

const WAITING: usize = 1024;
const TOGETHER: usize = 32;
const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS ecgs (id BLOB PRIMARY KEY, sampling_rate REAL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS leads (
        ecg_id BLOB, number INTEGER, name TEXT, num_samples INTEGER, zero_crossings INTEGER, signal BLOB,
        PRIMARY KEY (ecg_id, number)
    );";
const INSERT_ECG: &str = "INSERT INTO ecgs VALUES (?, ?)";
const INSERT_LEAD: &str = "INSERT INTO leads VALUES (?, ?, ?, ?, ?, ?)";

type Stored = Result<Uuid, &'static str>;
type Waiting = (Ecg, oneshot::Sender<Stored>);

#[derive(Clone)]
pub struct Store {
    queue: mpsc::Sender<Waiting>,
}

impl Store {
    pub fn open(path: &str) -> Self {
        let connection = Connection::open(path).expect("the database opens");
        connection.execute_batch(SCHEMA).expect("the schema is right");
        let (queue, waiting) = mpsc::channel(WAITING);
        thread::spawn(move || write(connection, waiting));
        Self { queue }
    }

    /// Returns the id of the ECG when it is durable.
    pub async fn add(&self, ecg: Ecg) -> Stored {
        let (reply, stored) = oneshot::channel();
        self.queue.send((ecg, reply)).await.map_err(|_| "the writer has stopped")?;
        stored.await.map_err(|_| "the writer has stopped")?
    }
}

fn write(mut connection: Connection, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(TOGETHER);
    while waiting.blocking_recv_many(&mut batch, TOGETHER) > 0 {
        let (ecgs, replies): (Vec<Ecg>, Vec<_>) = batch.drain(..).unzip();
        let ids = commit(&mut connection, &ecgs);
        for (number, reply) in replies.into_iter().enumerate() {
            let stored = ids.as_ref().map(|ids| ids[number]).map_err(|_| "the database failed");
            let _ = reply.send(stored); // who has gone away wants no answer
        }
    }
}

fn commit(connection: &mut Connection, ecgs: &[Ecg]) -> rusqlite::Result<Vec<Uuid>> {
    let transaction = connection.transaction()?;
    let ids = ecgs.iter().map(|ecg| insert(&transaction, ecg)).collect::<Result<_, _>>()?;
    transaction.commit()?;
    Ok(ids)
}

fn insert(transaction: &Transaction, ecg: &Ecg) -> rusqlite::Result<Uuid> {
    let id = Uuid::now_v7();
    transaction.prepare_cached(INSERT_ECG)?.execute(params![id.as_bytes(), ecg.sampling_rate])?;
    let mut leads = transaction.prepare_cached(INSERT_LEAD)?;
    for (number, lead) in ecg.leads.iter().enumerate() {
        let (length, crossings) = (lead.signal.len(), lead.zero_crossings());
        leads.execute(params![id.as_bytes(), number, lead.name, length, crossings, lead.bytes()])?;
    }
    Ok(id)
}
