#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"
#include "sandbox.h"

/*
 * The filter is written down as BPF here and not asked of libseccomp, because a
 * program's start is counted in tenths of a millisecond: this table costs two
 * system calls.  System calls that an architecture does not have are left out.
 */
#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define ARCH AUDIT_ARCH_S390X
#else
#define ARCH 0 /* not known: no sandbox, so the programs do not run */
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define PROGRAM_MAX 160

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOW_HALF 0
#else
#define LOW_HALF 4
#endif

struct program {
	struct sock_filter v[PROGRAM_MAX];
	unsigned short n;
};

/* What a filter does with descriptors it has, with memory, signals and the clock. */
static const short always[] = {
    __NR_read,
    __NR_write,
    __NR_readv,
    __NR_writev,
    __NR_pread64,
    __NR_lseek,
    __NR_close,
    __NR_fstat,
    __NR_newfstatat,
    __NR_fcntl,
    __NR_fsync,
    __NR_fdatasync,
    __NR_ftruncate,
    __NR_ppoll,
    __NR_brk,
    __NR_munmap,
    __NR_mremap,
    __NR_madvise,
    __NR_futex,
    __NR_rt_sigaction,
    __NR_rt_sigprocmask,
    __NR_rt_sigreturn,
    __NR_sigaltstack,
    __NR_restart_syscall,
    __NR_exit,
    __NR_exit_group,
    __NR_getpid,
    __NR_gettid,
    __NR_getuid,
    __NR_geteuid,
    __NR_clock_gettime,
    __NR_gettimeofday,
    __NR_nanosleep,
    __NR_clock_nanosleep,
    __NR_getrandom,
    __NR_sched_yield,
    __NR_getrusage,
    __NR_sysinfo,
#ifdef __NR_poll
    __NR_poll,
#endif
#ifdef __NR_time
    __NR_time,
#endif
};

/* A thread sets these up for itself. */
static const short for_threads[] = {
    __NR_set_robust_list,
    __NR_sched_getaffinity,
#ifdef __NR_rseq
    __NR_rseq,
#endif
};

static const short for_rename[] = {
    __NR_renameat2,
    __NR_unlinkat,
#ifdef __NR_rename
    __NR_rename,
    __NR_unlink,
#endif
#ifdef __NR_renameat
    __NR_renameat,
#endif
};

static const short for_state[] = {
    __NR_openat,
    __NR_getdents64,
    __NR_flock,
    __NR_fchmod,
#ifdef __NR_open
    __NR_open,
#endif
#ifdef __NR_stat
    __NR_stat,
#endif
};

/* Nobody calls these by mistake: the process has been taken over. */
static const short deadly[] = {
    __NR_execve,
    __NR_execveat,
    __NR_socket,
    __NR_connect,
    __NR_bind,
    __NR_process_vm_writev,
    __NR_bpf,
    __NR_unshare,
    __NR_mount,
#ifdef __NR_io_uring_setup
    __NR_io_uring_setup,
#endif
#if !SANITIZED
    __NR_ptrace,
#ifdef __NR_fork
    __NR_fork,
    __NR_vfork,
#endif
#endif
};

static void
add(struct program *p, struct sock_filter f)
{
	if (p->n < PROGRAM_MAX)
		p->v[p->n++] = f;
}

static void
answer(struct program *p, unsigned what)
{
	add(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, what));
}

static void
load(struct program *p, size_t at)
{
	add(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)at));
}

/* If the loaded word passes `test` against `k`, go on; else skip `n` instructions. */
static void
unless(struct program *p, unsigned short test, unsigned k, unsigned char n)
{
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | test | BPF_K, k, 0, n));
}

static void
load_number(struct program *p)
{
	load(p, offsetof(struct seccomp_data, nr));
}

static void
load_arg(struct program *p, size_t i)
{
	load(p, offsetof(struct seccomp_data, args) + i * 8 + LOW_HALF);
}

/* Give `what` for each of these calls. */
static void
each_of(struct program *p, const short *calls, size_t n, unsigned what)
{
	for (size_t i = 0; i < n; i++)
		add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			   (unsigned)calls[i], (unsigned char)(n - 1 - i),
			   (unsigned char)(i == n - 1)));
	answer(p, what);
}

#define EACH_OF(p, list, what) each_of(p, list, sizeof(list) / sizeof(list[0]), what)

/* Another architecture's numbers mean other calls. */
static void
check_arch(struct program *p)
{
	load(p, offsetof(struct seccomp_data, arch));
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0));
	answer(p, SECCOMP_RET_KILL_PROCESS);
	load_number(p);
#ifdef __x86_64__
	unless(p, BPF_JGE, 0x40000000U, 1); /* x32 */
	answer(p, SECCOMP_RET_KILL_PROCESS);
#endif
}

/* `call` is allowed if argument `arg` passes `test` against `k`, else answered `no`. */
static void
if_arg(struct program *p, unsigned call, size_t arg, unsigned short test, unsigned k,
    bool wanted, unsigned no)
{
	unless(p, BPF_JEQ, call, 4);
	load_arg(p, arg);
	unless(p, test, k, 1);
	answer(p, wanted ? SECCOMP_RET_ALLOW : no);
	answer(p, wanted ? no : SECCOMP_RET_ALLOW);
}

static void
write_program(struct program *p, const struct sandbox *s)
{
	const unsigned deny = SECCOMP_RET_ERRNO | EPERM;

	check_arch(p);
	EACH_OF(p, deadly, SECCOMP_RET_KILL_PROCESS);
	if (SANITIZED) {
		/* its run time looks at /proc, and at exit traces the process */
		answer(p, SECCOMP_RET_ALLOW);
		return;
	}
	EACH_OF(p, always, SECCOMP_RET_ALLOW);
	if (s->rename || s->state)
		EACH_OF(p, for_rename, SECCOMP_RET_ALLOW);
	if (s->state)
		EACH_OF(p, for_state, SECCOMP_RET_ALLOW);
	/* no new code; no signal to anybody else; no process, at most a thread */
	if_arg(p, __NR_mmap, 2, BPF_JSET, PROT_EXEC, false, deny);
	if_arg(p, __NR_mprotect, 2, BPF_JSET, PROT_EXEC, false, deny);
	if_arg(p, __NR_tgkill, 0, BPF_JEQ, (unsigned)getpid(), true, deny);
	if_arg(p, __NR_clone, 0, BPF_JSET, s->threads ? CLONE_THREAD : 0, true,
	    SECCOMP_RET_KILL_PROCESS);
	if (s->threads)
		EACH_OF(p, for_threads, SECCOMP_RET_ALLOW);
#ifdef __NR_clone3
	/* its flags lie in memory; libc then takes clone */
	unless(p, BPF_JEQ, __NR_clone3, 1);
	answer(p, SECCOMP_RET_ERRNO | ENOSYS);
#endif
	answer(p, deny);
}

static bool
start_seccomp(const struct sandbox *s, struct err *e)
{
	struct program p = {.n = 0};
	struct sock_fprog prog;

	write_program(&p, s);
	prog = (struct sock_fprog){p.n, p.v};
	if (ARCH == 0 || p.n == PROGRAM_MAX) {
		err_set(e, ERR_SYS, "cannot lock in: no seccomp filter for this machine");
		return false;
	}
	if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC,
		&prog) != 0) {
		err_sys(e, ERR_SYS, "cannot lock in: seccomp");
		return false;
	}
	return true;
}

/* --- Landlock --- */

/* Rights that the versions of the interface know; all are taken away. */
#define RIGHTS_1 ((1ULL << 13) - 1)
#define REFER    (1ULL << 13)
#define TRUNCATE (1ULL << 14)
#define IN_STATE                                                          \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |     \
	    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | TRUNCATE)
#define RENAMING (LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)

int
sandbox_landlock(void)
{
	long abi = syscall(
	    __NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

static bool
allow_state(int rules, const char *state, unsigned long long rights)
{
	struct landlock_path_beneath_attr below = {.allowed_access = IN_STATE & rights};
	bool ok;

	below.parent_fd = open(state, O_PATH | O_CLOEXEC);
	ok = below.parent_fd >= 0 && syscall(__NR_landlock_add_rule, rules,
					 LANDLOCK_RULE_PATH_BENEATH, &below, 0) == 0;
	if (below.parent_fd >= 0)
		close(below.parent_fd);
	return ok;
}

static bool
start_landlock(const struct sandbox *s, int abi, struct err *e)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = RIGHTS_1};
	int rules;
	bool ok;

	if (abi >= 2)
		attr.handled_access_fs |= REFER;
	if (abi >= 3)
		attr.handled_access_fs |= TRUNCATE;
	/* the file to rename is anywhere; seccomp lets nothing be opened there */
	if (s->rename)
		attr.handled_access_fs &= ~(unsigned long long)RENAMING;
	rules = (int)syscall(__NR_landlock_create_ruleset, &attr, sizeof(attr), 0);
	ok = rules >= 0 &&
	     (!s->state || allow_state(rules, s->state, attr.handled_access_fs)) &&
	     syscall(__NR_landlock_restrict_self, rules, 0) == 0;
	if (!ok)
		err_sys(e, ERR_SYS, "cannot lock in: Landlock");
	if (rules >= 0)
		close(rules);
	return ok;
}

bool
sandbox_has_seccomp(void)
{
	unsigned action = SECCOMP_RET_KILL_PROCESS;

	return syscall(__NR_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

bool
sandbox_filter(const struct sandbox *s, struct err *e)
{
	const char *env = getenv("IR_SANDBOX");
	int abi;

	if (env && strcmp(env, "off") == 0) {
		log_warn("IR_SANDBOX=off: not locked in");
		return true;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		err_sys(e, ERR_SYS, "cannot lock in");
		return false;
	}
	abi = SANITIZED ? 0 : sandbox_landlock();
	if (abi && !start_landlock(s, abi, e))
		return false;
	if (!abi && s->state && !SANITIZED)
		log_warn("no Landlock in this kernel: seccomp alone guards the files");
	else if (!abi)
		log_info("no Landlock in this kernel: seccomp alone");
	return start_seccomp(s, e);
}
