//! The program from outside: what it prints, where, and how it ends.

mod call;
mod hub;
mod login;
mod quickstart;
mod secrets;
mod serve;
mod shape;
mod streams;
mod support;
