//! Connect failure: why a connection failed, in words that say what to do about it.

use super::config_error::Unusable;
use super::connection::ProxyFailure;

/// A failure to connect, as far as people can act on it.
pub(super) struct ConnectFailure {
    pub(super) words: String,
    /// Whether it comes before any request is read, and comes again next time.
    pub(super) unsent: bool,
}

/// The reason in the chain of causes, if it is one that people can act on.
pub(super) fn of(error: &(dyn std::error::Error + 'static)) -> Option<ConnectFailure> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = here(error) {
            return Some(found);
        }
        // An I/O error hides what it was made of: its source is the source of that.
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn here(error: &(dyn std::error::Error + 'static)) -> Option<ConnectFailure> {
    if let Some(proxy) = error.downcast_ref::<ProxyFailure>() {
        return Some(ConnectFailure { words: proxy.to_string(), unsent: false });
    }
    if let Some(Unusable(words)) = error.downcast_ref() {
        return Some(ConnectFailure { words: words.clone(), unsent: true });
    }
    tls(error)
}

#[cfg(not(feature = "rustls"))]
fn tls(_: &(dyn std::error::Error + 'static)) -> Option<ConnectFailure> {
    None
}

#[cfg(feature = "rustls")]
fn tls(error: &(dyn std::error::Error + 'static)) -> Option<ConnectFailure> {
    use rustls::{AlertDescription as Alert, CertificateError as Certificate, Error};

    let words = match error.downcast_ref::<Error>()? {
        Error::InvalidCertificate(why) => match why {
            // A signature is bad where another authority has the same name.
            Certificate::UnknownIssuer | Certificate::BadSignature => {
                "the server's certificate is signed by an authority that is not trusted here; name its file as `ca_file`"
            }
            Certificate::Expired | Certificate::ExpiredContext { .. } => "the server's certificate has expired",
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                "the server's certificate is not valid yet; is this machine's date right?"
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "the server's certificate is for another name than the one in its address"
            }
            Certificate::Other(_) => {
                "the server's certificate is not trusted here; if the server has made it itself, name its file as `ca_file`"
            }
            Certificate::Revoked => "the server's certificate has been revoked",
            _ => "the server's certificate is not acceptable",
        },
        Error::AlertReceived(alert) => match alert {
            Alert::CertificateRequired => "the server asks for a client certificate, and none is set",
            Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::DecryptError
            | Alert::AccessDenied => "the server refuses the client's certificate",
            Alert::ProtocolVersion => "the server speaks no version of TLS that is allowed here",
            Alert::NoApplicationProtocol => "the server speaks no version of HTTP that is allowed here",
            Alert::HandshakeFailure => "the server and this client find no way to agree on TLS",
            _ => return None,
        },
        Error::PeerIncompatible(_) => "the server speaks no version of TLS that is allowed here",
        Error::InvalidMessage(_) => "the server does not answer with TLS: is its address http:// rather than https://?",
        _ => return None,
    };
    Some(ConnectFailure { words: words.to_owned(), unsent: true })
}
