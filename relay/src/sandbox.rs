//! What the relay may ask of the kernel once it serves: its own folders and its own sockets, and nothing else.
//!
//! It needs no other program, no other machine and no other file. Whoever takes it over finds the same: the rest is refused by Landlock (files)
//! and by a seccomp filter (system calls), for this process and for ever. Neither needs a privilege.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, BitFlags, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    Scope, path_beneath_rules,
};
use libc::c_long;
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

use crate::config::Config;
use crate::disk::folder_of;
use crate::fault::Fault;

/// Calls that a relay never makes: they start programs, call out, look into others, or change what the machine is. They fail with EPERM.
const FORBIDDEN: [c_long; 40] = [
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_connect,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // A ring takes orders that this filter does not see.
    libc::SYS_io_uring_setup,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_memfd_create,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_chroot,
    libc::SYS_pivot_root,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_setgroups,
    libc::SYS_capset,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
];

/// What holds from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confined {
    /// Files and system calls.
    Fully,
    /// The kernel has no Landlock, or an old one: some files outside can still be reached.
    InPart,
}

/// Confines this thread and all that it starts; to be called before it has started any. `config_file` and what `config` names can be read
/// again, in their folders; the folders of the store, of the log and of the admin socket can be written.
///
/// # Errors
/// One of those folders is not there, or the kernel has no seccomp.
pub fn confine(config_file: &Path, config: &Config) -> Result<Confined, Fault> {
    let refused = |error: &dyn Display| {
        let what = format!("the relay cannot be confined: {error}");
        Fault::new(
            config_file.display(),
            what,
            "see that the folders it names are there, and that the kernel has seccomp",
        )
    };
    // A core would hold keys and what was on its way.
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).map_err(|error| refused(&error))?;
    let files = restrict_files(config_file, config).map_err(|error| refused(&error))?;
    forbid_calls().map_err(|error| refused(&error))?;
    Ok(match files {
        RulesetStatus::FullyEnforced => Confined::Fully,
        RulesetStatus::PartiallyEnforced | RulesetStatus::NotEnforced => Confined::InPart,
    })
}

fn restrict_files(
    config_file: &Path,
    config: &Config,
) -> Result<RulesetStatus, landlock::RulesetError> {
    let abi = ABI::V6;
    let read: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::ReadDir;
    let mut write = AccessFs::from_all(abi);
    write.remove(AccessFs::Execute | AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev);
    // What is replaced by renaming is reached by its folder.
    let readable = config.read_paths().into_iter().chain([config_file]);
    // SQLite asks it for the salts of its log.
    let random = [Path::new("/dev/urandom")];
    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(abi))?
        .scope(Scope::AbstractUnixSocket | Scope::Signal)?
        .create()?
        .add_rules(path_beneath_rules(random, AccessFs::ReadFile))?
        .add_rules(path_beneath_rules(readable.map(folder_of), read))?
        .add_rules(path_beneath_rules(
            config.written_paths().into_iter().map(folder_of),
            write,
        ))?;
    Ok(ruleset.restrict_self()?.ruleset)
}

fn forbid_calls() -> Result<(), Box<dyn std::error::Error>> {
    let rules: BTreeMap<c_long, Vec<_>> = FORBIDDEN.map(|call| (call, Vec::new())).into();
    let refuse = SeccompAction::Errno(rustix::io::Errno::PERM.raw_os_error().unsigned_abs());
    let machine = std::env::consts::ARCH.try_into()?;
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, machine)?;
    seccompiler::apply_filter(&BpfProgram::try_from(filter)?)?;
    Ok(())
}
