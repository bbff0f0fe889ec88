/* SPDX-License-Identifier: MIT */
#include "tcp.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int tcp_bytes_waiting(int fd)
{
	int waiting = 0;

	return ioctl(fd, FIONREAD, &waiting) == 0 ? waiting : 0;
}

uint64_t tcp_bytes_read(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
		return 0;
	return info.tcpi_bytes_received -
	       min_i64(tcp_bytes_waiting(fd), (int64_t)info.tcpi_bytes_received);
}
