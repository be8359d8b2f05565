//! What became of a job, as PHP sees it: a `Result`, or an exception.

use std::time::Duration;

use ext_php_rs::types::Zval;

use super::shim::{self, Flow};
use super::throw::{Class, throw};
use crate::bridge::message::Message;
use crate::bridge::wire::Reader;
use crate::vm::Outcome;
use crate::zval::decode::{DecodeError, decode};

/// The `Result` of a job that ended by itself; everything else is thrown and comes back as the flow.
pub(super) fn result(outcome: &Outcome, duration: Duration) -> Result<Zval, Flow> {
    match outcome {
        Outcome::Exited { refused: Some(why), .. } => thrown(Class::Transfer, why),
        Outcome::Exited { status, value, .. } => {
            let value = value.as_deref().map_or_else(|| Ok(Zval::null()), value_of)?;
            Ok(shim::result(i64::from(*status), value, duration.as_secs_f64()))
        }
        Outcome::Threw { throwable, .. } => Err(shim::rethrow(value_of(throwable)?, false)),
        Outcome::Fatal { wire, .. } => Err(shim::rethrow(value_of(wire)?, true)),
        Outcome::NotStarted(why) => thrown(Class::Script, why),
        Outcome::Cancelled => thrown(Class::Cancelled, "the job was cancelled"),
        Outcome::TimedOut(limit) => thrown(
            Class::Timeout,
            &format!(
                "the job ran longer than its limit of {} s and was stopped",
                limit.as_secs_f64()
            ),
        ),
        Outcome::Lost => thrown(
            Class::Cancelled,
            "the job did not stop by its deadline and is lost; its thread ends when its call returns",
        ),
    }
}

fn value_of(message: &Message) -> Result<Zval, Flow> {
    decode(&mut Reader::new(message.bytes())).map_err(|error| match error {
        DecodeError::Bailout => Flow::Bailout,
        DecodeError::Thrown => Flow::Thrown,
        error => {
            throw(Class::Transfer, &error.to_string());
            Flow::Thrown
        }
    })
}

fn thrown(class: Class, message: &str) -> Result<Zval, Flow> {
    throw(class, message);
    Err(Flow::Thrown)
}
