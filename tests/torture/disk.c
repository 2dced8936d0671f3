/* Stands between a process and the disk: records what it writes to some files and what it answers
 * on sockets, in one order, and lets chosen calls fail. Loaded by LD_PRELOAD; disk.py says how.
 *
 * DISK_FILES   the path that the names of these files begin with
 * DISK_RECORD  the file that the record is appended to; none if not given
 * DISK_FAULTS  CALL@FIRST-LAST=ACTION,...: from the first to the last such call on these files,
 *              ACTION is "kill", "tear" (kill after half of a write), "lie" (a sync that does
 *              nothing), "sleep" and milliseconds, or the number of an error
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <fcntl.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

enum call { WRITE, SYNC, TRUNCATE, CALLS };
static const char *const NAMES[CALLS] = {"write", "sync", "truncate"};
struct fault { enum call call; long first, last; char action[16]; };
static struct fault faults[256];
static int fault_count, record = -1;
static const char *files;
static atomic_long made[CALLS];

static int (*real_fdatasync)(int), (*real_fsync)(int), (*real_ftruncate)(int, off_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);

static void add_fault(const char *text)
{
    struct fault one = {CALLS, 0, 0, ""};
    char name[16];
    int fields = sscanf(text, "%15[a-z]@%ld-%ld=%15s", name, &one.first, &one.last, one.action);
    for (int call = 0; call < CALLS; call++)
        if (strcmp(name, NAMES[call]) == 0)
            one.call = call;
    if (fields != 4 || one.call == CALLS || fault_count == 256) {
        fprintf(stderr, "DISK_FAULTS: %s?\n", text);
        exit(2);
    }
    faults[fault_count++] = one;
}

__attribute__((constructor)) static void begin(void)
{
    real_fdatasync = REAL(fdatasync);
    real_fsync = REAL(fsync);
    real_ftruncate = REAL(ftruncate);
    real_pwrite = REAL(pwrite);
    real_write = REAL(write);
    real_writev = REAL(writev);
    files = getenv("DISK_FILES");
    const char *path = getenv("DISK_RECORD"), *given = getenv("DISK_FAULTS");
    if (path)
        record = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    char *list = strdup(given ? given : ""), *rest = list;
    for (char *one; (one = strsep(&rest, ","));)
        if (*one)
            add_fault(one);
    free(list);
}

/* Returns the end of the name, or NULL if it is none of the files; the index of a log is none. */
static const char *which(int fd, char *path)
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = files ? readlink(link, path, PATH_MAX - 1) : -1;
    if (size < 0)
        return NULL;
    path[size] = 0;
    size_t start = strlen(files);
    if (strncmp(path, files, start))
        return NULL;
    const char *end = path + start;
    return *end == 0 || strcmp(end, "-wal") == 0 || strcmp(end, "-journal") == 0 ? end : NULL;
}

struct head { char kind, file[15]; int64_t place; int64_t size; };

static void note(char kind, const char *file, int64_t place, const void *data, size_t size)
{
    if (record < 0)
        return;
    int kept = errno;
    struct head head = {kind, "", place, (int64_t)size};
    strncpy(head.file, file, sizeof head.file - 1);
    struct iovec parts[] = {{&head, sizeof head}, {(void *)data, size}};
    if (real_writev(record, parts, data ? 2 : 1) < 0)
        abort();
    errno = kept;
}

/* Returns what is to happen to this call, or NULL. */
static const char *fate(enum call call)
{
    long number = atomic_fetch_add(&made[call], 1) + 1;
    for (int i = 0; i < fault_count; i++)
        if (faults[i].call == call && faults[i].first <= number && number <= faults[i].last)
            return faults[i].action;
    return NULL;
}

/* Returns whether the call fails, with errno set, after whatever else it suffers. */
static int suffers(const char *action)
{
    if (!action)
        return 0;
    if (strcmp(action, "kill") == 0 || strcmp(action, "tear") == 0)
        raise(SIGKILL);
    if (strncmp(action, "sleep", 5) == 0)
        usleep(1000 * (useconds_t)atoi(action + 5));
    else
        errno = atoi(action);
    return strncmp(action, "sleep", 5) != 0;
}

static ssize_t write_to(int fd, const void *data, size_t size, off_t place)
{
    char path[PATH_MAX];
    const char *file = which(fd, path);
    if (!file)
        return real_pwrite(fd, data, size, place);
    const char *action = fate(WRITE);
    if (action && strcmp(action, "tear") == 0)
        real_pwrite(fd, data, size / 2, place);
    ssize_t done = suffers(action) ? -1 : real_pwrite(fd, data, size, place);
    if (done > 0)
        note('w', file, place, data, (size_t)done);
    return done;
}

static int sync_of(int fd, int (*real)(int))
{
    char path[PATH_MAX];
    const char *file = which(fd, path);
    if (!file)
        return real(fd);
    const char *action = fate(SYNC);
    if (action && strcmp(action, "lie") == 0)
        return 0;
    note('b', file, 0, NULL, 0);
    int done = suffers(action) ? -1 : real(fd);
    note(done ? 'f' : 's', file, 0, NULL, 0);
    return done;
}

static int truncate_of(int fd, off_t size)
{
    char path[PATH_MAX];
    const char *file = which(fd, path);
    if (!file)
        return real_ftruncate(fd, size);
    int done = suffers(fate(TRUNCATE)) ? -1 : real_ftruncate(fd, size);
    if (done == 0)
        note('t', file, size, NULL, 0);
    return done;
}

static void note_answer(int fd, const void *data, size_t size)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    if (record < 0 || getpeername(fd, (struct sockaddr *)&peer, &length) || peer.ss_family != AF_INET)
        return;
    note('a', "", ntohs(((struct sockaddr_in *)&peer)->sin_port), data, size);
}

int fdatasync(int fd) { return sync_of(fd, real_fdatasync); }
int fsync(int fd) { return sync_of(fd, real_fsync); }
int ftruncate(int fd, off_t size) { return truncate_of(fd, size); }
int ftruncate64(int fd, off_t size) { return truncate_of(fd, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t place) { return write_to(fd, data, size, place); }
ssize_t pwrite64(int fd, const void *data, size_t size, off_t place) { return write_to(fd, data, size, place); }

/* An answer is noted before it leaves, and a write once it is done: never better than it was. */
ssize_t write(int fd, const void *data, size_t size)
{
    note_answer(fd, data, size);
    return real_write(fd, data, size);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    for (int i = 0; i < count; i++)
        note_answer(fd, parts[i].iov_base, parts[i].iov_len);
    return real_writev(fd, parts, count);
}
