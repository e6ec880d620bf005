//! `backup`: a copy of a hub's database, taken while the hub goes on.

use super::serve::refused;
use crate::args::Backup;
use crate::fault::Fault;
use crate::output::Out;

/// Writes the copy.
pub(crate) async fn backup(options: &Backup, out: &Out) -> Result<(), Fault> {
    mlhub_server::backup(&options.database, &options.file).await.map_err(refused)?;
    let bytes = std::fs::metadata(&options.file)?.len();
    out.notice(&format!("wrote {} ({bytes} bytes)", options.file.display()));
    Ok(())
}
